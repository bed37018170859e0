// Serves FOLDER at ADDRESS with the real server and nothing behind it, until it is told to stop.
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "server/http/server.hpp"
#include "server/http/static_files.hpp"

int main(int count, char** words) {
    if (count != 4) {
        std::cerr << "usage: bench_static FOLDER ADDRESS THREADS\n";
        return 2;
    }
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);

    const http::static_files files{{words[1]}};
    http::router table;
    table.add({http::verb::get, "/*", {}, 1024, files.as_handler()});
    http::server_options options;
    options.listen.push_back({words[2], std::move(table)});
    options.io_threads = static_cast<unsigned>(std::atoi(words[3]));
    http::server server{std::move(options)};
    server.start();

    int which = 0;
    sigwait(&stops, &which);
    server.stop();
    return 0;
}
