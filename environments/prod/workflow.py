"""prod asks third parties themselves, and pays."""

from environments.families.workflow import Places, WorkflowFamily

WORKFLOW = WorkflowFamily(
    places=Places(
        fraud_api_url="https://fraud.example.com/v1/scores",
        fraud_connection="fraud/0a1b2c3d-0000-4000-8000-000000000011",
        payments_api_url="https://payments.example.com/v1/payments",
        payments_connection="payments/0a1b2c3d-0000-4000-8000-000000000012",
        rating_api_url="https://rating.example.com/v1/quotes",
        rating_connection="rating/0a1b2c3d-0000-4000-8000-000000000013",
        batch_security_group_ids=["sg-0a1b2c3d4e5f60001"],
        batches_at_once=100,
    )
)
