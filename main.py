"""The cdktf app: `python main.py` writes every environment's Terraform JSON into cdktf.out."""

from pathlib import Path

from environments import PLATFORM
from groundplan.synth.project import main

main(PLATFORM.compose, PLATFORM.environments, project=Path(__file__).parent)
