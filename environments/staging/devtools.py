"""staging is looked at from the private subnets, as prod is."""

from environments.families.devtools import DevtoolsFamily
from modules.devtools.cloudshell import CloudshellInputs, VpcEnvironment

DEVTOOLS = DevtoolsFamily(
    cloudshell=CloudshellInputs(vpc_environment=VpcEnvironment(security_group_ids=["sg-0b1c2d3e4f5a60002"]))
)
