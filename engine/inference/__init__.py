"""Networks run here, whatever runs them.

`provider.py`: what can run a network. `runner.py`: a file opened on one of them (`onnx_runner.py`, `openvino_runner.py`). `placement.py`:
where each model runs, and why. `trial.py`: whether a provider gives the results of the CPU, and how long it takes.
"""
