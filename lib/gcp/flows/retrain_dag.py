"""Asks for a new model: sends the project's `retrain` event, which the pipeline trigger takes up.

Nothing starts it by itself: the environment's schedule needs no Airflow. Start it by hand with parameters, or from another
flow with TriggerDagRunOperator.
"""

from __future__ import annotations

import os

from airflow import DAG
from airflow.operators.python import PythonOperator

from retrain_event import retrain_event


def ask(dag_run, params) -> str:
    """Publishes the event and returns the message's id. The arguments come from Airflow's context."""
    from google.cloud import pubsub_v1

    run_type = str(getattr(dag_run.run_type, "value", dag_run.run_type))
    event = retrain_event(os.environ["RETRAIN_PROJECT"], dag_run.run_id, run_type, params)
    return pubsub_v1.PublisherClient().publish(os.environ["RETRAIN_TOPIC"], event.encode()).result(timeout=60)


with DAG(
    dag_id="retrain",
    description="Asks for a new model",
    schedule=None,
    catchup=False,
    default_args={"retries": 3},
    tags=["mlops"],
):
    PythonOperator(task_id="ask", python_callable=ask)
