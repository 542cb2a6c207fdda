# Two clusters: production by EKS's add-ons, a sandbox by charts. A cluster has each part once, and a provider speaks to
# one cluster: hence two calls.

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
  source = "../../../out/modules/foundations"
  providers = {
    aws        = aws
    helm       = helm.claims
    kubernetes = kubernetes.claims
  }

  name            = "prod-cluster"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "claims"
    oidc_provider_arn = local.oidc_provider_arns["claims"]
    identity          = "pod_identity"
  }

  pod_identity_agent  = { addon_version = "v1.3.10-eksbuild.3" }
  ebs_csi_driver      = { addon_version = "v1.63.1-eksbuild.1", replicas = 3 }
  snapshot_controller = { addon_version = "v8.3.0-eksbuild.1" }
  metrics_server      = { addon_version = "v0.8.0-eksbuild.2" }

  storage_classes = {
    gp3 = { default = true }
    gp3-ledger = {
      reclaim_policy   = "Retain"
      iops             = 16000
      throughput_mibps = 1000
      file_system      = "xfs"
    }
  }

  efs_csi_driver = {
    addon_version = "v3.4.1-eksbuild.1"
    file_system = {
      vpc_id                 = "vpc-0a1b2c3d4e5f60001"
      subnets                = { a = "subnet-0a1b2c3d4e5f60001", b = "subnet-0a1b2c3d4e5f60002", c = "subnet-0a1b2c3d4e5f60003" }
      client_security_groups = { nodes = "sg-0a1b2c3d4e5f60001" }
    }
  }

  karpenter        = {}
  external_secrets = {}
  secret_stores = {
    claims = {
      namespaces = ["claims"]
      consumer   = "claims-api"
      paths      = ["prod-secrets/"]
    }
  }

  namespaces = {
    claims = {
      quota = {
        cpu_requests    = "40"
        memory_requests = "128Gi"
        memory_limits   = "192Gi"
        storage_gib     = 2048
        pods            = 300
      }
      ingress_from = ["gateway"]
    }
  }

  priority_classes = {
    platform = { value = 1000000, description = "what workloads need to run" }
    workload = { value = 1000, description = "what customers wait for", default = true }
  }

  prometheus_operator_crds = true
  kube_state_metrics       = { labels_of_objects = ["namespaces=[team]"] }
  node_exporter            = {}
  prometheus               = { labels = { release = "monitoring" } }

  tags = {
    Team = "claims"
  }
}

module "sandbox" {
  source = "../../../out/modules/foundations"
  providers = {
    aws        = aws
    helm       = helm.sandbox
    kubernetes = kubernetes.sandbox
  }

  name            = "sandbox-cluster"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "sandbox"
    oidc_provider_arn = local.oidc_provider_arns["sandbox"]
  }

  ebs_csi_driver      = { addon_version = "v1.63.1-eksbuild.1", replicas = 1 }
  snapshot_controller = { replicas = 1 }
  metrics_server      = { replicas = 1 }
}

output "storage_class_names" {
  description = "What claims may name as storageClassName, by cluster."
  value       = { claims = module.claims.storage_class_names, sandbox = module.sandbox.storage_class_names }
}

output "node_role_name" {
  description = "What EC2NodeClasses name as their role."
  value       = module.claims.node_role_name
}

output "secret_store_role_arns" {
  description = "Who reads secrets into the cluster: for the secrets' own policies."
  value       = module.claims.secret_store_role_arns
}

output "volume_key_arn" {
  description = "The key of production's volumes and of their snapshots."
  value       = module.claims.volume_key_arn
}
