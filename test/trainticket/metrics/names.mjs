/** Each recorded metric's name in Prometheus, written by hand. */
export const names = {
  'nezha.frontend.success_rate': 'nezha_frontend_success_rate_percent',
  'nezha.frontend.latency': 'nezha_frontend_latency_seconds',
  'k8s.pod.cpu.usage': 'k8s_pod_cpu_usage',
  'k8s.pod.cpu_limit_utilization': 'k8s_pod_cpu_limit_utilization_ratio',
  'k8s.pod.memory.usage': 'k8s_pod_memory_usage_bytes',
  'k8s.pod.memory_limit_utilization': 'k8s_pod_memory_limit_utilization_ratio',
  'nezha.pod.syscalls': 'nezha_pod_syscalls',
  'k8s.pod.network.io.rate': 'k8s_pod_network_io_rate_bytes_per_second',
  'nezha.pod.workload': 'nezha_pod_workload_per_second',
  'nezha.pod.success_rate': 'nezha_pod_success_rate_percent',
  'nezha.pod.client.latency': 'nezha_pod_client_latency_seconds',
  'nezha.pod.server.latency': 'nezha_pod_server_latency_seconds',
  'k8s.node.cpu.utilization': 'k8s_node_cpu_utilization_ratio',
  'k8s.node.memory.utilization': 'k8s_node_memory_utilization_ratio',
  'k8s.node.network.io.rate': 'k8s_node_network_io_rate_bytes_per_second',
};
