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
  region = "us-west-2"

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

# The Vault that takes the lost one's place. What the lost one had in us-east-1 is:
#   copies = { region = "us-west-2", unseal_role_arns = ["arn:aws:iam::111122223333:role/recovery-vault-server"] }
module "vault" {
  source = "../../../out/modules/vault"

  name            = "recovery-vault"
  alarm_topic_arn = "arn:aws:sns:us-west-2:111122223333:prod-security-alarms"

  cluster = {
    name              = "claims-recovery"
    oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/0123456789ABCDEF"
  }

  issuer = { name = "internal-ca" }

  # unseal_key_replica_arn of the lost one
  recovery = {
    unseal_key_arn = "arn:aws:kms:us-west-2:111122223333:key/mrk-0d6c1c2e000040008000000000000000"
  }
}

output "address" {
  description = "Where applications of the cluster reach Vault."
  value       = module.vault.address
}

output "server_role_arn" {
  description = "What copies.unseal_role_arns of the lost one names."
  value       = module.vault.server_role_arn
}
