"""What requests may say and what answers may hold. A name that no schema here has cannot leave."""
