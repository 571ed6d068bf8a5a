"""The scoring app: serves one model package over HTTP. Run it as `python -m serving`."""
