/* The stat functions of a binary for glibc before 2.33, where they were no part of libc.so: every binary carried small
 * ones that call libc's __xstat. zig 0.11 puts newer ones in their place, which keep an errno of their own, so that
 * "no such file" is read as whatever errno was before. These take the place of zig's. */
#include <sys/stat.h>

#if defined(__GLIBC__) && (__GLIBC__ == 2 && __GLIBC_MINOR__ < 33)

#ifdef __x86_64__
enum { kStatVersion = 1 };
#else
enum { kStatVersion = 0 };
#endif

int __xstat(int version, const char* path, struct stat* out);
int __lxstat(int version, const char* path, struct stat* out);
int __fxstat(int version, int file, struct stat* out);
int __fxstatat(int version, int folder, const char* path, struct stat* out, int flags);

int stat(const char* path, struct stat* out) { return __xstat(kStatVersion, path, out); }
int lstat(const char* path, struct stat* out) { return __lxstat(kStatVersion, path, out); }
int fstat(int file, struct stat* out) { return __fxstat(kStatVersion, file, out); }
int fstatat(int folder, const char* path, struct stat* out, int flags) {
  return __fxstatat(kStatVersion, folder, path, out, flags);
}

/* On 64-bit machines the two structures are one. */
int stat64(const char* path, struct stat* out) __attribute__((alias("stat")));
int lstat64(const char* path, struct stat* out) __attribute__((alias("lstat")));
int fstat64(int file, struct stat* out) __attribute__((alias("fstat")));
int fstatat64(int folder, const char* path, struct stat* out, int flags) __attribute__((alias("fstatat")));

#endif
