"""Networks measured side by side: latency, throughput and peak memory."""
