# The controller in two clusters of one account: production with an internal and a public kind of load balancers, and
# development, small. A cluster has one controller, and a provider speaks to one cluster: hence two calls.

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
  source = "../../../out/modules/aws_load_balancer_controller"
  providers = {
    aws        = aws
    helm       = helm.claims
    kubernetes = kubernetes.claims
  }

  name            = "prod-load-balancers"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "claims"
    oidc_provider_arn = local.oidc_provider_arns["claims"]
  }
  vpc_id = "vpc-0a1b2c3d4e5f60001"

  # provider's default_tags do not reach what the controller makes
  load_balancer_tags = {
    CostCenter = "4711"
    Owner      = "platform"
  }

  issuer = {
    name  = "internal"
    kind  = "AWSPCAClusterIssuer"
    group = "awspca.cert-manager.io"
  }
  unclassed_services_left_in = ["cert-manager"]

  ingress_classes = {
    internal = { is_default = true }
    public = {
      scheme           = "internet-facing"
      group            = "public"
      namespace_labels = { exposure = "public" }
      certificate_arns = ["arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000001"]
      web_acl_arn      = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/prod/0a1b2c3d-0000-4000-8000-000000000000"
      access_logs      = { bucket_name = "prod-access-logs", prefix = "alb/public" }
    }
  }

  shield_enabled = true
  prometheus     = { labels = { release = "monitoring" } }

  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/workload-boundary"

  extra_values = {
    nodeSelector = { "karpenter.sh/capacity-type" = "on-demand" }
  }
}

module "sandbox" {
  source = "../../../out/modules/aws_load_balancer_controller"
  providers = {
    aws        = aws
    helm       = helm.sandbox
    kubernetes = kubernetes.sandbox
  }

  name            = "dev-load-balancers"
  alarm_topic_arn = local.alarm_topic_arn
  cluster = {
    name              = "sandbox"
    oidc_provider_arn = local.oidc_provider_arns["sandbox"]
    identity          = "pod_identity"
  }
  vpc_id = "vpc-0c1d2e3f4a5b60001"

  issuer     = { name = "internal" }
  controller = { replicas = 1 }

  ingress_classes = {
    internal = { is_default = true, deletion_protection = false }
  }
}

output "ingress_class_names" {
  description = "What Ingresses of each cluster may name as their ingressClassName."
  value       = { claims = module.claims.ingress_class_names, sandbox = module.sandbox.ingress_class_names }
}
