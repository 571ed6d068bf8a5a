"""The least a FastAPI route can do: read a JSON body, answer with one of constant size. What scoring is measured against."""

import argparse
from typing import Any

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.post("/predict")
async def predict(body: dict[str, Any]) -> dict[str, list[float]]:
    """Looks at nothing."""
    return {"predictions": [152.13348416]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    # The same settings as the scoring app's.
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=parser.parse_args().port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
    )
