"""The cdktf app: `python main.py` writes every environment's Terraform JSON into cdktf.out."""

from pathlib import Path

from environments import PROJECT
from groundplan.synth.project import main

main(PROJECT.compose, PROJECT.environments, project=Path(__file__).parent)
