# Velero in two clusters: production with locked backups, a copy in another region and a weekly restore drill; and
# development, small and cheap. A cluster has one Velero, and a provider speaks to one cluster: hence two calls.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1.1, < 4.0.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.38.0, < 3.0.0"
    }
  }
}

locals {
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"

  oidc_provider_arns = {
    claims  = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    sandbox = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/FEDCBA9876543210"
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      CostCenter         = "4711"
      DataClassification = "restricted"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

data "aws_eks_cluster" "these" {
  for_each = local.oidc_provider_arns
  name     = each.key
}

data "aws_eks_cluster_auth" "these" {
  for_each = local.oidc_provider_arns
  name     = each.key
}

provider "kubernetes" {
  alias                  = "claims"
  host                   = data.aws_eks_cluster.these["claims"].endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["claims"].certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.these["claims"].token
}

provider "kubernetes" {
  alias                  = "sandbox"
  host                   = data.aws_eks_cluster.these["sandbox"].endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["sandbox"].certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.these["sandbox"].token
}

provider "helm" {
  alias = "claims"
  kubernetes = {
    host                   = data.aws_eks_cluster.these["claims"].endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["claims"].certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.these["claims"].token
  }
}

provider "helm" {
  alias = "sandbox"
  kubernetes = {
    host                   = data.aws_eks_cluster.these["sandbox"].endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.these["sandbox"].certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.these["sandbox"].token
  }
}

module "claims" {
  source = "../../../out/modules/velero"
  providers = {
    aws        = aws
    helm       = helm.claims
    kubernetes = kubernetes.claims
  }

  name            = "prod-velero"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "claims"
    oidc_provider_arn = local.oidc_provider_arns["claims"]
  }

  schedules = {
    daily = {
      cron               = "0 2 * * *"
      ttl_hours          = 720
      alarm_after_hours  = 26
      move_snapshot_data = true
    }
    claims-hourly = {
      cron              = "15 * * * *"
      ttl_hours         = 72
      alarm_after_hours = 3
      namespaces        = ["claims", "policies"]
    }
  }

  restores = {
    full-cluster = {
      schedule                  = "daily"
      excluded_namespaces       = ["kube-system", "kube-public", "kube-node-lease"]
      excluded_resources        = ["nodes", "events", "csinodes.storage.k8s.io", "volumeattachments.storage.k8s.io"]
      include_cluster_resources = true
    }
    claims = {
      schedule   = "claims-hourly"
      namespaces = ["claims"]
    }
    claims-api = {
      schedule           = "claims-hourly"
      namespaces         = ["claims"]
      resources          = ["deployments.apps"]
      labels             = { "app.kubernetes.io/name" = "api" }
      existing_resources = "update"
    }
  }

  restore_drill = {
    schedule         = "claims-hourly"
    source_namespace = "claims"
    expected = {
      api     = { resource = "deployments", api_group = "apps", name = "api" }
      volumes = { resource = "persistentvolumeclaims" }
    }
  }

  csi_snapshots = true
  node_agent    = {}
  replica       = { region = "us-west-2" }
  object_lock   = { retention_days = 14 }
}

module "sandbox" {
  source = "../../../out/modules/velero"
  providers = {
    aws        = aws
    helm       = helm.sandbox
    kubernetes = kubernetes.sandbox
  }

  name            = "dev-velero"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "sandbox"
    oidc_provider_arn = local.oidc_provider_arns["sandbox"]
    identity          = "pod_identity"
  }

  schedules = {
    daily = {
      cron              = "0 3 * * *"
      ttl_hours         = 72
      alarm_after_hours = 26
    }
  }

  force_destroy = true
}

output "buckets" {
  description = "The buckets of the backups, by cluster."
  value       = { claims = module.claims.bucket_name, sandbox = module.sandbox.bucket_name }
}

output "restores" {
  description = "The restores that lie ready, as YAML for kubectl create, by name."
  value       = module.claims.restore_manifests
}
