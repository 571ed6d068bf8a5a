"""The steps of a training pipeline: one module per step, each a plain function, a command line and one signature.

steps           extract, validate, transform, tune, train, evaluate, register: in the order in which they run
what they share table (CSV), statistics, features (the transform), gates (the verdict), scorer (the model as a function),
                package (the model's files), registry (MLflow), contracts and documents (the JSON files between steps)
what a step is  signature (its files and parameters), command (its command line), factory (its pipeline components)
a project       project (its folder), settings (settings.yaml), baseline (writes baseline.json)
running         local_run and watch (on this machine), compile (to KFP's YAML), digests (what caching goes by), errors
"""
