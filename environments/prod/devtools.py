"""prod gives shells to the company's own network, and tells of each."""

from environments.families.devtools import DevtoolsFamily
from modules.devtools.cloudshell import CloudshellInputs, Sessions, VpcEnvironment

DEVTOOLS = DevtoolsFamily(
    cloudshell=CloudshellInputs(
        vpc_environment=VpcEnvironment(security_group_ids=["sg-0a1b2c3d4e5f60002"]),
        sessions=Sessions(source_cidrs=["198.51.100.0/24"]),
    )
)
