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
      CostCenter         = "4713"
      DataClassification = "internal"
      Environment        = "sandbox"
      ManagedBy          = "terraform"
      Owner              = "platform"
    }
  }
}

data "aws_eks_cluster" "this" {
  name = "sandbox"
}

data "aws_eks_cluster_auth" "this" {
  name = "sandbox"
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

module "collectors" {
  source = "../../../out/modules/collectors"

  name            = "sandbox-collectors"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"

  cluster = {
    name              = "sandbox"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    identity          = "pod_identity"
  }

  tenant = "sandbox"
  xray = {
    sampling_percent   = 25
    indexed_attributes = ["http.route"]
  }
}

output "otlp_grpc_endpoint" {
  description = "Where applications send traces to."
  value       = module.collectors.otlp_grpc_endpoint
}
