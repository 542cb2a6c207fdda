"""How long groundplan takes and how much memory it needs, against bounds: `python -m benchmarks`.

Ratios come from one run on one machine, since seconds alone say more of the machine than of the program.
"""
