"""What does a ledger of any size take to publish, reconcile and serve, on one machine and on a cluster?"""
