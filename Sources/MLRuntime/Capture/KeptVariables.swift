/// The variables of an environment that change how programs compute, and of which none is a secret.
enum KeptVariables {
    private static let prefixes = [
        "CUDA_", "CUBLAS_", "CUDNN_", "NCCL_", "OMP_", "MKL_", "OPENBLAS_", "TF_", "TORCH_", "PYTORCH_", "XLA_", "JAX_",
        "PYTHON", "CONDA_", "LC_", "SLURM_JOB_", "KMP_", "NVIDIA_",
    ]
    private static let names: Set<String> = ["PATH", "LANG", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "LD_PRELOAD"]
    private static let secrets = ["TOKEN", "SECRET", "PASSW", "KEY", "CREDENTIAL", "AUTH", "COOKIE", "SESSION"]
    /// A longer value is none of a setting.
    private static let bytesMax = 4096

    static func values(_ environment: [String: String]) -> [String: String] {
        environment.filter { name, value in
            let isKept = names.contains(name) || prefixes.contains { name.hasPrefix($0) }
            let upper = name.uppercased()
            return isKept && !secrets.contains { upper.contains($0) } && value.utf8.count <= bytesMax
        }
    }
}
