//! Which numeric kernels this machine runs. Bytes of a record are promised equal only for the same set.

/// Name of the kernel set for quantised products on this processor: `avx512-vnni` is this crate's own, with AMX too;
/// the others are those that candle-core 0.11.1 chooses (`quantized/repack_x86.rs`).
pub fn detect() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if super::available() {
            return "avx512-vnni";
        }
        if is_x86_feature_detected!("avxvnni") && is_x86_feature_detected!("avx2") {
            return "avx-vnni";
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return "avx2";
        }
    }
    std::env::consts::ARCH
}

/// What of the processor [`detect`] looks at and finds.
pub fn features() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let features = [
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avxvnni", is_x86_feature_detected!("avxvnni")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512vnni", is_x86_feature_detected!("avx512vnni")),
        ("amx-int8", has_amx_int8()),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let features: [(&str, bool); 0] = [];
    let found = features.into_iter().filter(|(_, found)| *found);
    found.map(|(name, _)| name).collect()
}

/// AMX has no stable detection macro: CPUID leaf 7, EDX bits 24 (tiles) and 25 (int8).
#[cfg(target_arch = "x86_64")]
fn has_amx_int8() -> bool {
    let leaf = std::arch::x86_64::__cpuid_count(7, 0);
    leaf.edx & (1 << 24) != 0 && leaf.edx & (1 << 25) != 0
}
