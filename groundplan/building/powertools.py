"""Powertools for AWS Lambda, which functions log, measure and trace with: AWS's own layer, and what it is told.

The layer is raised by hand, as what runs in an account should change by a commit: LAYER_VERSION and LIBRARY_VERSION
here and the version in pyproject.toml together, by the number that the installation page of the new version names;
then `make lock`. The page of a version is https://docs.aws.amazon.com/powertools/python/<version>/getting-started/install;
what an account has of it, says
`aws ssm get-parameter --name /aws/service/powertools/python/arm64/python3.13/<version>`.
"""

from __future__ import annotations

from typing import Any

from cdktf import TerraformLocal

from groundplan.framework import hcl, text
from groundplan.framework.module import Module
from groundplan.framework.references import TextReference

from .account import partition, region

__all__ = ["LAYER_VERSION", "LIBRARY_VERSION", "environment", "layer"]

LIBRARY_VERSION = "3.24.0"
"""Of aws-lambda-powertools; the tests run the programs with the same."""
LAYER_VERSION = 27
"""Which has that library with all its extras, and so cryptography, jmespath and the X-Ray SDK.

https://docs.aws.amazon.com/powertools/python/3.24.0/getting-started/install
https://github.com/aws-powertools/powertools-lambda-python/issues/3859
"""
PUBLISHER = "017000801446"
"""Whose layer it is in the regions of AWS's own partition."""
OTHER_PUBLISHERS = {
    "cn-north-1": "498634801083",
    "us-gov-east-1": "165087284144",
    "us-gov-west-1": "165093116878",
}
"""Elsewhere by region, as the same page says; a region that is not here has no layer, and takes none of another.

https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html
"""


def layer(scope: Module[Any, Any]) -> str:
    """The layer's ARN for Python 3.13 on arm64 where the module is; known when Terraform plans.

    Said once a module, however many functions ask. Terraform refuses a region that has no such layer.
    """
    if scope.is_first("powertools_layer"):
        here = region(scope)
        # it is where the module is, which metric_alarm sees to
        topic = 'split(":", var.alarm_topic_arn)'
        scope.validate(
            "alarm_topic_arn",
            condition=f'${{try({topic}[1] == "aws" || contains({hcl(list(OTHER_PUBLISHERS))}, {topic}[3]), true)}}',
            message="alarm_topic_arn: must be in a region where AWS publishes the layer of Powertools for AWS Lambda, "
            "which the module's functions need, got ${jsonencode(var.alarm_topic_arn)}: call the module elsewhere",
        )
        publisher = text("lookup", OTHER_PUBLISHERS, here, PUBLISHER)
        name = f"AWSLambdaPowertoolsPythonV3-python313-arm64:{LAYER_VERSION}"
        TerraformLocal(scope, "powertools_layer", f"arn:{partition(scope)}:lambda:{here}:{publisher}:layer:{name}")
    return TextReference("local.powertools_layer")


def environment(service: str, namespace: str) -> dict[str, str]:
    """What the library reads: whose lines and segments they are, and where metrics go.

    https://docs.aws.amazon.com/powertools/python/latest/environment-variables
    """
    return {
        "POWERTOOLS_SERVICE_NAME": service,
        "POWERTOOLS_METRICS_NAMESPACE": namespace,
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }
