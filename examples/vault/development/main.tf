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
      Environment        = "dev"
      Owner              = "platform"
      CostCenter         = "4711"
      DataClassification = "internal"
      ManagedBy          = "terraform"
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

module "vault" {
  source = "../../../out/modules/vault"

  name            = "dev-vault"
  alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:dev-platform-alarms"

  cluster = {
    name              = "sandbox"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
  }

  issuer = { name = "internal-ca" }

  # one server, which may be away while its node is replaced
  replicas         = 1
  zones            = 1
  cpu_millicores   = 100
  memory_mebibytes = 512
  data_volume_gib  = 5
  audit_volume_gib = 3

  injector_replicas  = 1
  log_retention_days = 30
  snapshots = {
    cron              = "17 3 * * *"
    retention_days    = 7
    alarm_after_hours = 26
  }
}

output "address" {
  description = "Where applications of the cluster reach Vault."
  value       = module.vault.address
}
