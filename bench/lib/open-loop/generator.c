/*
 * Sends requests at a constant rate and measures how late their answers are: `generator <plan>`, the report as JSON on stdout. The
 * plan is that of plan.mjs, the report that of generator.mjs, which does the same where no C compiler is.
 *
 * Request i is due at start + i / rate whether or not earlier ones were answered, and its latency counts from then. A closed loop
 * would send less while the server is stuck, and so leave out of the figures just what they are for (coordinated omission).
 *
 * It never sleeps: a timer wakes up later than most answers take. Its core must be its own, so it tells how late it was itself.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"

#define MOST_CONNECTIONS 1024
#define HEAD_BYTES 16384
#define BODY_BYTES 65536
#define SECOND 1000000000ull

enum { CLOSED, CONNECTING, FREE, BUSY };

/* One request at a time is on a connection: what is behind another in the same socket waits for it, whatever the server does. */
struct connection {
    int fd;
    uint64_t request;
    uint64_t freed;
    size_t written;
    bool waits_to_write;
    bool closes;
    int status;
    int64_t body_left; /* -1 until the head is whole */
    size_t held;
    char head[HEAD_BYTES];
};

static struct {
    uint64_t port, rate, skipped, measured, patience, count;
    unsigned connections;
    struct { const char *bytes; size_t length; } *requests;
} plan;

static struct connection connections[MOST_CONNECTIONS];
/* Beside the connections and not in them: a free one is looked for in 64 bytes instead of in 64 places. */
static unsigned char state[MOST_CONNECTIONS];
static unsigned cursor, free_count, alive;
static int poll_fd;

static uint64_t total, next_request, settled, began, last_answer;
static uint64_t sent, answered, unanswered, non2xx, errors;
static char why[200];
static struct histogram latencies, lags;

static uint64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static uint64_t due(uint64_t request) { return began + request * SECOND / plan.rate; }

static void fail(const char *what, const char *reason) {
    fprintf(stderr, "%s: %s\n", what, reason);
    exit(1);
}

/* The first failure is told; those after it are most often its consequences. */
static void note(const char *what, const char *reason) {
    if (why[0] == 0) snprintf(why, sizeof why, "%s%s", what, reason);
}

static void watch(unsigned at, uint32_t events) {
    struct epoll_event wanted = {.events = events, .data.u32 = at};
    if (epoll_ctl(poll_fd, EPOLL_CTL_MOD, connections[at].fd, &wanted) < 0) fail("epoll_ctl", strerror(errno));
}

static void open_connection(unsigned at) {
    struct connection *one = &connections[at];
    int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)plan.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    one->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (one->fd < 0) fail("socket", strerror(errno));
    setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    /* A refusal comes as an event too, so both ends of connecting are in one place. */
    connect(one->fd, (struct sockaddr *)&address, sizeof address);
    state[at] = CONNECTING;
    alive++;
    struct epoll_event wanted = {.events = EPOLLOUT, .data.u32 = at};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, one->fd, &wanted) < 0) fail("epoll_ctl", strerror(errno));
}

static void close_connection(unsigned at) {
    if (state[at] == FREE) free_count--;
    close(connections[at].fd);
    state[at] = CLOSED;
    alive--;
}

/* What was asked on it is lost: sent again it might be done twice, and its latency would be that of another request. */
static void lose(unsigned at, const char *what, const char *reason) {
    note(what, reason);
    errors++;
    settled++;
    close_connection(at);
    open_connection(at);
}

static void release(unsigned at) {
    state[at] = FREE;
    connections[at].freed = clock_now();
    free_count++;
}

static void connected(unsigned at) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connections[at].fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        /* Tried again at once it would be refused again, at the cost of those that stand. */
        note("a connection failed: ", strerror(error));
        errors++;
        close_connection(at);
        return;
    }
    watch(at, EPOLLIN);
    release(at);
}

static void write_request(unsigned at) {
    struct connection *one = &connections[at];
    const char *bytes = plan.requests[one->request % plan.count].bytes;
    size_t length = plan.requests[one->request % plan.count].length;
    ssize_t n = send(one->fd, bytes + one->written, length - one->written, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        lose(at, "a request could not be sent: ", strerror(errno));
        return;
    }
    if (n > 0) one->written += (size_t)n;
    bool waits = one->written < length;
    if (waits != one->waits_to_write) watch(at, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
    one->waits_to_write = waits;
}

/* Sends what is due and finds a free connection. With all of them busy requests wait here, and their latency grows meanwhile. */
static bool send_due(void) {
    bool any = false;
    while (free_count > 0 && next_request < total) {
        uint64_t now = clock_now(), at_time = due(next_request);
        if (at_time > now) break;
        /* In turn, so that all of them are used at any rate, as those of many clients are. */
        while (state[cursor] != FREE) cursor = (cursor + 1) % plan.connections;
        unsigned at = cursor;
        cursor = (cursor + 1) % plan.connections;
        struct connection *one = &connections[at];
        one->request = next_request++;
        one->written = 0;
        one->held = 0;
        one->body_left = -1;
        one->closes = false;
        one->waits_to_write = false;
        state[at] = BUSY;
        free_count--;
        if (one->request >= plan.skipped) {
            sent++;
            /* Only what is its own doing: it could not have sent before there was a connection. */
            histogram_add(&lags, now - (at_time > one->freed ? at_time : one->freed));
        }
        write_request(at);
        any = true;
    }
    return any;
}

/* Reads of a head what the end of an answer depends on. Answers false where it can't be told. */
static bool read_head(struct connection *one, const char *end) {
    int64_t length = -1;
    one->status = atoi(one->head + strlen("HTTP/1.1 "));
    for (const char *line = memchr(one->head, '\n', (size_t)(end - one->head)); line != NULL && line < end;
         line = memchr(line, '\n', (size_t)(end - line))) {
        line++;
        if (strncasecmp(line, "content-length:", 15) == 0) length = atoll(line + 15);
        else if (strncasecmp(line, "connection: close", 17) == 0) one->closes = true;
    }
    if (one->status == 204) length = 0;
    if (strncmp(one->head, "HTTP/1.1 ", 9) != 0 || one->status < 200 || length < 0) return false;
    one->body_left = length - (one->head + one->held - end - 4);
    return one->body_left >= 0;
}

static void finish(unsigned at) {
    struct connection *one = &connections[at];
    uint64_t now = clock_now();
    last_answer = now;
    settled++;
    if (one->request >= plan.skipped) {
        answered++;
        histogram_add(&latencies, now - due(one->request));
    }
    if (one->status < 200 || one->status > 299) {
        char status[16];
        snprintf(status, sizeof status, "%d", one->status);
        note("answered with ", status);
        non2xx++;
    }
    if (one->closes || one->waits_to_write) {
        close_connection(at);
        open_connection(at);
    } else release(at);
}

static void read_answer(unsigned at) {
    static char body[BODY_BYTES];
    struct connection *one = &connections[at];
    bool in_head = one->body_left < 0;
    ssize_t n = in_head ? read(one->fd, one->head + one->held, HEAD_BYTES - one->held) : read(one->fd, body, sizeof body);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (state[at] == FREE) {
        /* Between two requests a server may close, and nothing is lost; it may not speak. */
        if (n > 0) note("sent what it was not asked for", "");
        if (n > 0) errors++;
        close_connection(at);
        open_connection(at);
        return;
    }
    if (n <= 0) {
        lose(at, "closed before it had answered", n < 0 ? strerror(errno) : "");
        return;
    }
    if (in_head) {
        size_t from = one->held > 3 ? one->held - 3 : 0;
        one->held += (size_t)n;
        const char *end = memmem(one->head + from, one->held - from, "\r\n\r\n", 4);
        if (end == NULL && one->held < HEAD_BYTES) return;
        if (end == NULL || !read_head(one, end)) {
            lose(at, "an answer without an end: neither Content-Length nor 204, or more than was announced", "");
            return;
        }
    } else one->body_left -= n;
    if (one->body_left < 0) lose(at, "an answer is longer than its Content-Length", "");
    else if (one->body_left == 0) finish(at);
}

static bool handle_events(void) {
    struct epoll_event ready[64];
    int count = epoll_wait(poll_fd, ready, 64, 0);
    if (count < 0 && errno != EINTR) fail("epoll_wait", strerror(errno));
    for (int i = 0; i < count; i++) {
        unsigned at = ready[i].data.u32;
        uint32_t events = ready[i].events;
        if (state[at] == CONNECTING) connected(at);
        else {
            if ((events & EPOLLOUT) != 0 && state[at] == BUSY) write_request(at);
            if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && (state[at] == BUSY || state[at] == FREE)) read_answer(at);
        }
        /* What waits for this connection doesn't wait for the other events. */
        if (began != 0) send_due();
    }
    return count > 0;
}

static void read_plan(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail(path, strerror(errno));
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    char *text = malloc(size + 1);
    rewind(file);
    if (text == NULL || fread(text, 1, size, file) != size) fail(path, "not readable");
    fclose(file);
    text[size] = 0;
    for (char *at = text; at < text + size;) {
        char name[16];
        uint64_t value;
        int used = 0;
        if (sscanf(at, "%15s %" SCNu64 "%n", name, &value, &used) != 2 || at[used] != '\n') fail(path, "not a plan");
        at += used + 1;
        if (strcmp(name, "port") == 0) plan.port = value;
        else if (strcmp(name, "rate") == 0) plan.rate = value;
        else if (strcmp(name, "skipped") == 0) plan.skipped = value;
        else if (strcmp(name, "measured") == 0) plan.measured = value;
        else if (strcmp(name, "patience") == 0) plan.patience = value;
        else if (strcmp(name, "connections") == 0) plan.connections = value < MOST_CONNECTIONS ? (unsigned)value : 0;
        else if (strcmp(name, "request") == 0 && value < (uint64_t)(text + size - at)) {
            plan.requests = realloc(plan.requests, (plan.count + 1) * sizeof *plan.requests);
            if (plan.requests == NULL) fail(path, "too many requests");
            plan.requests[plan.count].bytes = at;
            plan.requests[plan.count++].length = value;
            at += value + 1;
        } else fail(path, "not a plan");
    }
    if (plan.rate == 0 || plan.measured == 0 || plan.count == 0 || plan.connections == 0)
        fail(path, "not a plan that can be carried out");
}

/* What has no answer yet has waited this long at least: left out, a server that hangs would look better than one that is slow. */
static void count_unanswered(uint64_t now) {
    for (unsigned at = 0; at < plan.connections; at++)
        if (state[at] == BUSY && connections[at].request >= plan.skipped) {
            unanswered++;
            histogram_add(&latencies, now - due(connections[at].request));
        }
    for (uint64_t request = next_request; request < total; request++)
        if (request >= plan.skipped && due(request) < now) {
            unanswered++;
            histogram_add(&latencies, now - due(request));
        }
}

/* Nanoseconds in which this process was ready and other work had its core; -1 where the kernel does not tell. */
static double waited(void) {
    double ran = 0, waiting = -1;
    FILE *file = fopen("/proc/self/schedstat", "r");
    if (file == NULL) return -1;
    if (fscanf(file, "%lf %lf", &ran, &waiting) != 2) waiting = -1;
    fclose(file);
    return waiting;
}

static void report(uint64_t idle, uint64_t took, double starved) {
    static const struct { const char *name; unsigned permille; } shares[] = {{"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999}};
    uint64_t span = last_answer > due(plan.skipped) ? last_answer - due(plan.skipped) : 1;
    struct { const char *name; uint64_t count; } counts[] = {{"asked", plan.rate}, {"sent", sent}, {"answered", answered},
        {"unanswered", unanswered}, {"non2xx", non2xx}, {"errors", errors}};
    printf("{\"rate\":%.1f", (double)answered * (double)SECOND / (double)span);
    for (unsigned i = 0; i < 6; i++) printf(",\"%s\":%" PRIu64, counts[i].name, counts[i].count);
    printf(",\"why\":\"%s\"", why);
    for (unsigned i = 0; i < 4; i++) printf(",\"%s\":%.3f", shares[i].name, (double)histogram_at(&latencies, shares[i].permille) / 1000);
    printf(",\"max\":%.3f,\"lagP99\":%.3f,\"lagMax\":%.3f,\"idle\":%.4f,\"starved\":%.4f}\n", (double)latencies.max / 1000,
           (double)histogram_at(&lags, 990) / 1000, (double)lags.max / 1000, (double)idle / (double)took, starved / (double)took);
}

int main(int count, char **arguments) {
    if (count != 2) fail("generator", "wants one argument, a plan");
    read_plan(arguments[1]);
    poll_fd = epoll_create1(0);
    if (poll_fd < 0) fail("epoll_create1", strerror(errno));
    uint64_t latest = clock_now() + plan.patience * SECOND;
    for (unsigned at = 0; at < plan.connections; at++) open_connection(at);
    while (free_count < plan.connections) {
        handle_events();
        if (why[0] != 0) fail("not connected", why);
        if (clock_now() > latest) fail("not connected", "no answer");
    }

    total = plan.skipped + plan.measured;
    began = clock_now() + SECOND / 100;
    double waited_before = waited();
    uint64_t idle = 0, start = clock_now(), before = start, end = due(total) + plan.patience * SECOND;
    while (settled < total && before < end && alive > 0) {
        bool did = send_due();
        did = handle_events() || did;
        uint64_t now = clock_now();
        /* Lag alone doesn't tell that it could do no more: answers that it has not read yet keep their connections busy. */
        if (!did) idle += now - before;
        before = now;
    }
    count_unanswered(before);
    report(idle, before - start, waited() - waited_before);
    return 0;
}
