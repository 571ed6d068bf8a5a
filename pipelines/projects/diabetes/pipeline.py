"""The diabetes project: predicts how far the disease will have progressed after a year."""

from steps.factory import Steps, pipeline


@pipeline()
def diabetes(steps: Steps) -> None:
    """Trains a ridge regression on the diabetes data and registers it when it is better than the current model.

    What feeds what makes the order: transform and tune need nothing of each other and may run side by side.
    """
    data = steps.extract().outputs
    checked = steps.validate(training=data["training"], holdout=data["holdout"]).outputs
    state = steps.transform(training=data["training"], anomalies=checked["anomalies"]).outputs
    search = steps.tune(training=data["training"], anomalies=checked["anomalies"]).outputs
    trained = steps.train(training=data["training"], transform=state["transform"], search=search["search"]).outputs
    judged = steps.evaluate(model=trained["model"], holdout=data["holdout"]).outputs
    steps.register(
        model=trained["model"],
        golden=trained["golden"],
        holdout=data["holdout"],
        statistics=checked["statistics"],
        metrics=judged["metrics"],
        blessing=judged["blessing"],
        origin=data["origin"],
        search=search["search"],
    )
