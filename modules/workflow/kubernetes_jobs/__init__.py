"""Jobs of a Kubernetes cluster: work on a schedule, and work that is done once."""

from .inputs import CronJob, Images, Job, KubernetesJobsInputs, KubernetesJobsOutputs, Metrics
from .module import KubernetesJobs

__all__ = ["CronJob", "Images", "Job", "KubernetesJobs", "KubernetesJobsInputs", "KubernetesJobsOutputs", "Metrics"]
