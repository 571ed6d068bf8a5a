"""The steps of a training pipeline: one module per step, each a plain function, a command line and one signature."""
