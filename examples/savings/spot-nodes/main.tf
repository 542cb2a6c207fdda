# Spot capacity for batches and previews, in a cluster with Karpenter.

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
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      CostCenter         = "4711"
      DataClassification = "internal"
      Environment        = "prod"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

data "aws_eks_cluster" "this" {
  name = "prod"
}

data "aws_eks_cluster_auth" "this" {
  name = "prod"
}

provider "helm" {
  kubernetes = {
    host                   = data.aws_eks_cluster.this.endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
    token                  = data.aws_eks_cluster_auth.this.token
  }
}

module "savings" {
  source = "../../../out/modules/savings"

  name            = "prod-savings"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:platform-alarms"
  kms_key         = { arn = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000" }

  spot_nodes = {
    cluster_name   = "prod"
    node_role_name = "prod-cluster-node"
    ami_alias      = "al2023@v20261110"
    pools = {
      batch    = { cpu_limit = 200, memory_limit = "800Gi" }
      previews = { cpu_limit = 40, memory_limit = "160Gi", architectures = ["amd64", "arm64"], on_demand_too = true }
    }
  }
}

output "kms_key_arn" {
  description = "The key of what the module keeps, the given one."
  value       = module.savings.kms_key_arn
}
