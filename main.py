"""The cdktf app: `python main.py` writes every environment's Terraform JSON into cdktf.out."""

from pathlib import Path

from groundplan.garbage import collecting_rarely

with collecting_rarely():  # while it is imported, too
    from groundplan.synth.families import synthesize

    synthesize("environments:PLATFORM", project=Path(__file__).parent)
