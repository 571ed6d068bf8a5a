"""The `retrain` event, as the pipeline trigger takes it."""

from __future__ import annotations

import json


def retrain_event(project: str, run_id: str, run_type: str, parameters: dict | None = None) -> str:
    """The event as JSON.

    A task that is tried again has the same run id, so an event that is sent twice starts one pipeline.
    """
    return json.dumps(
        {
            "project": project,
            "reason": "manual" if run_type == "manual" else "schedule",
            "parameters": dict(parameters or {}),
            "dedupeKey": f"workflow:{run_id}",
        },
        sort_keys=True,
    )
