/* Half of all writes to files below SHORT_WRITES take fewer bytes than they were given: the rest must be written
 * by whoever called. Loaded into a process with LD_PRELOAD; the order is that of the seed in SHORT_WRITES_SEED. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static unsigned seed;
static int is_seeded;

static int is_below(int fd) {
    const char *folder = getenv("SHORT_WRITES");
    char link[64], path[PATH_MAX];
    if (folder == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static size_t shortened(int fd, size_t count) {
    if (count < 2 || !is_below(fd)) return count;
    if (!is_seeded) {
        const char *text = getenv("SHORT_WRITES_SEED");
        seed = text ? (unsigned)atoi(text) : 1;
        is_seeded = 1;
    }
    return rand_r(&seed) % 2 ? count : 1 + (size_t)rand_r(&seed) % (count - 1);
}

ssize_t write(int fd, const void *data, size_t count) {
    static ssize_t (*next)(int, const void *, size_t);
    if (!next) next = dlsym(RTLD_NEXT, "write");
    return next(fd, data, shortened(fd, count));
}

ssize_t pwrite(int fd, const void *data, size_t count, off_t at) {
    static ssize_t (*next)(int, const void *, size_t, off_t);
    if (!next) next = dlsym(RTLD_NEXT, "pwrite");
    return next(fd, data, shortened(fd, count), at);
}

ssize_t pwrite64(int fd, const void *data, size_t count, off64_t at) {
    static ssize_t (*next)(int, const void *, size_t, off64_t);
    if (!next) next = dlsym(RTLD_NEXT, "pwrite64");
    return next(fd, data, shortened(fd, count), at);
}
