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

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Environment        = "prod"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "restricted"
      ManagedBy          = "terraform"
    }
  }
}

data "aws_eks_cluster" "this" {
  name = "claims-recovery"
}

data "aws_eks_cluster_auth" "this" {
  name = "claims-recovery"
}

provider "helm" {
  kubernetes = {
    host                   = data.aws_eks_cluster.this.endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.this.token
  }
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.this.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.this.token
}

module "velero" {
  source = "../../../out/modules/velero"

  name            = "recovery-velero"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:prod-platform-alarms"

  cluster = {
    name              = "claims-recovery"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  # the bucket of the cluster that is lost, or its copy: Velero reads it and changes nothing there
  read_only_locations = {
    lost = {
      bucket_name = "prod-velero-copies-111122223333"
      region      = "us-west-2"
      kms_key_arn = "arn:aws:kms:us-west-2:111122223333:key/0d6c1c2e-0000-4000-8000-000000000000"
    }
  }

  restores = {
    claims = {
      backup     = "daily-20261128020000"
      namespaces = ["claims"]
    }
  }

  # the new cluster is backed up from its first day on
  schedules  = { daily = { cron = "0 2 * * *", ttl_hours = 720, alarm_after_hours = 26 } }
  node_agent = {}
}

output "restore_manifests" {
  description = "The restores that lie ready, as YAML for kubectl create."
  value       = module.velero.restore_manifests
}
