"""What a scoring process counts, in the form Prometheus reads."""

from __future__ import annotations

import resource
import shutil
import sys
import time
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

#: Seconds. Fine enough for a p95 of a few milliseconds to be compared between two versions; the gateway has the same.
BUCKETS = (
    *(0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075),
    *(0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2.5, 5, 10),
)


class Metrics:
    """Counters of one process, which serves one model version."""

    def __init__(self, version: str, log_directory: str | Path) -> None:
        disable_created_metrics()
        self.registry = CollectorRegistry()
        _process_metrics(self.registry)
        self._version = version
        self._requests = Counter(
            "predict_requests", "Prediction requests answered.", ["version", "code"], registry=self.registry
        )
        self._seconds = Histogram(
            "predict_seconds", "Time to answer.", ["version"], buckets=BUCKETS, registry=self.registry
        ).labels(version)
        self._by_code: dict[int, Counter] = {}
        self.logged = Counter("prediction_log_rows", "Predictions written to the log.", registry=self.registry)
        self.dropped = Counter(
            "prediction_log_dropped", "Predictions that could not be logged.", ["reason"], registry=self.registry
        )
        for reason in ("queue", "disk"):
            self.dropped.labels(reason)
        self.model = Gauge(
            "model_info", "The model that is served.", ["project", "version", "digest"], registry=self.registry
        )
        self.drill = Gauge("predict_drill", "Faults put in on purpose.", ["fault"], registry=self.registry)
        disk = Gauge("disk_free_bytes", "Free space where predictions are logged.", registry=self.registry)
        disk.set_function(lambda: _disk_free(Path(log_directory)))

    def answered(self, code: int, seconds: float) -> None:
        """Counts one request."""
        counter = self._by_code.get(code)
        if counter is None:
            counter = self._by_code[code] = self._requests.labels(self._version, str(code))
        counter.inc()
        self._seconds.observe(seconds)


def _process_metrics(registry: CollectorRegistry) -> None:
    """process_cpu_seconds_total and process_resident_memory_bytes; from getrusage where there is no /proc.

    There, memory is the most the process ever held: a canary and a stable version are compared by the same measure.
    """
    if Path("/proc/self/stat").exists():
        ProcessCollector(registry=registry)
        return
    unit = 1 if sys.platform == "darwin" else 1024
    memory = Gauge("process_resident_memory_bytes", "Largest resident memory in bytes.", registry=registry)
    memory.set_function(lambda: float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit))
    # A gauge, because a counter cannot be read from a function; the name is the one every process has.
    cpu = Gauge("process_cpu_seconds_total", "User and system CPU time spent in seconds.", registry=registry)
    cpu.set_function(time.process_time)


def _disk_free(path: Path) -> float:
    """Bytes free on the disk of a folder that may not exist yet; NaN when the system does not tell."""
    for folder in (path, *path.absolute().parents):
        try:
            return float(shutil.disk_usage(folder).free)
        except FileNotFoundError:
            continue
        except OSError:
            break
    return float("nan")
