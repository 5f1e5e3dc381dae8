/*
 * What a machine needs for a request when nothing is done with it: epoll, one read, one write. Requests are counted by their empty
 * lines and all are answered with the same bytes. No server can do less; how far one is from it is what its HTTP costs.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_CONNECTIONS 1024
#define MOST_ANSWERS 64
#define READ_BYTES 65536

static const char answer[] =
    "HTTP/1.1 200 OK\r\n"
    "content-type: application/json\r\n"
    "content-length: 27\r\n"
    "date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    "\r\n"
    "{\"message\":\"Hello, World!\"}";

/* Line ends seen in a row at the end of what was read: an empty line may come in two pieces. */
static unsigned char progress[MOST_CONNECTIONS];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int count_requests(int fd, const char *bytes, ssize_t length) {
    static const char empty_line[] = "\r\n\r\n";
    int at = progress[fd], found = 0;
    for (ssize_t i = 0; i < length; i++) {
        if (bytes[i] == empty_line[at]) at++;
        else at = bytes[i] == '\r';
        if (at == 4) {
            found++;
            at = 0;
        }
    }
    progress[fd] = (unsigned char)at;
    return found;
}

/* Answers below what a socket's buffer holds are written whole, or not at all where the peer does not read. */
static int answer_all(int fd, int requests) {
    static char answers[MOST_ANSWERS * (sizeof answer - 1)];
    const size_t size = sizeof answer - 1;
    while (requests > 0) {
        int now = requests < MOST_ANSWERS ? requests : MOST_ANSWERS;
        for (int i = 0; i < now; i++) memcpy(answers + i * size, answer, size);
        if (write(fd, answers, now * size) != (ssize_t)(now * size)) return -1;
        requests -= now;
    }
    return 0;
}

int main(void) {
    const char *port = getenv("PORT");
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port ? port : "3000"))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0) fail("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
    if (listen(listener, 511) < 0) fail("listen");

    int poll = epoll_create1(0);
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener}, ready[256];
    if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted) < 0) fail("epoll");
    printf("ready {\"buildMs\": 0}\n");
    fflush(stdout);

    static char bytes[READ_BYTES];
    for (;;) {
        int count = epoll_wait(poll, ready, 256, -1);
        if (count < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd != listener) {
                ssize_t length = read(fd, bytes, sizeof bytes);
                if (length > 0 && answer_all(fd, count_requests(fd, bytes, length)) == 0) continue;
                if (length < 0 && (errno == EAGAIN || errno == EINTR)) continue;
                close(fd);
                continue;
            }
            int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (socket < 0) continue;
            if (socket >= MOST_CONNECTIONS) {
                close(socket);
                continue;
            }
            setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            progress[socket] = 0;
            wanted = (struct epoll_event){.events = EPOLLIN, .data.fd = socket};
            if (epoll_ctl(poll, EPOLL_CTL_ADD, socket, &wanted) < 0) close(socket);
        }
    }
}
