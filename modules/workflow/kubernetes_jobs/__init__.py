"""Jobs of a Kubernetes cluster: work on a schedule, and work that is done once."""

from .inputs import CronJob, Job, KubernetesJobsInputs, KubernetesJobsOutputs, Metrics
from .module import KubernetesJobs

__all__ = ["CronJob", "Job", "KubernetesJobs", "KubernetesJobsInputs", "KubernetesJobsOutputs", "Metrics"]
