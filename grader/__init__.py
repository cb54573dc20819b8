"""How good an answer is: key points in, verdicts with evidence and a mark out."""

import os

# From 1.29 on, onnxruntime tells its maker about each process and model unless this is set before it is
# imported (microsoft/onnxruntime#27379). Nothing of a person's practice may leave their machine.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
