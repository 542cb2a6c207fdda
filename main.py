"""The cdktf app: `python main.py` writes every environment's Terraform JSON into cdktf.out."""

from pathlib import Path

from groundplan.synth.families import synthesize

synthesize("environments:PLATFORM", project=Path(__file__).parent)
