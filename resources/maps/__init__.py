"""The offline base map, made by `tools/base_map.py`; sources and licences: `LICENSE.txt`."""
