"""What the environment says."""

import os

PROJECT = os.environ.get("GOOGLE_CLOUD_PROJECT", "example-project")
TOPIC = os.environ.get("ORDERS_TOPIC", "orders")
SUBSCRIPTION = os.environ.get("ORDERS_SUBSCRIPTION", "orders-to-warehouse")
EXPORT_BUCKET = os.environ.get("EXPORT_BUCKET", "example-exports")
SERVICE_ACCOUNT_FILE = os.environ.get("INVOICES_KEY_FILE", "/secrets/invoices.json")
EMULATOR = os.environ.get("STORAGE_EMULATOR_HOST", "")
