"""The cdktf app: `python main.py` writes every environment's Terraform JSON into cdktf.out."""

from pathlib import Path

from environments import ENVIRONMENTS, platform
from groundplan.synth.project import main

main(platform, ENVIRONMENTS, project=Path(__file__).parent)
