"""Backups: of clusters by Velero, of data stores by AWS Backup."""
