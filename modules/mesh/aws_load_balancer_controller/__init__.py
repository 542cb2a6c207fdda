"""AWS Load Balancer Controller: load balancers of AWS for a cluster's Ingresses and Services."""

from .inputs import (
    AccessLogs,
    AwsLoadBalancerControllerInputs,
    Images,
    IngressClass,
    Issuer,
    Prometheus,
    Workload,
)
from .module import AwsLoadBalancerController, AwsLoadBalancerControllerOutputs

__all__ = [
    "AccessLogs",
    "AwsLoadBalancerController",
    "AwsLoadBalancerControllerInputs",
    "AwsLoadBalancerControllerOutputs",
    "Images",
    "IngressClass",
    "Issuer",
    "Prometheus",
    "Workload",
]
