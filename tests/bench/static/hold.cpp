// Opens COUNT connections to 127.0.0.1:PORT, asks PATH once on each, and holds them idle until its
// input ends. Says "held" when all were answered.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char** words) {
    if (count != 4) {
        std::cerr << "usage: bench_connections PORT COUNT PATH\n";
        return 2;
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[1])));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string ask = "GET " + std::string{words[3]} + " HTTP/1.1\r\nHost: a\r\n\r\n";
    std::vector<int> links;
    for (int i = 0; i < std::atoi(words[2]); ++i) {
        const int link = ::socket(AF_INET, SOCK_STREAM, 0);
        char bytes[65536];
        if (::connect(link, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 ||
            ::send(link, ask.data(), ask.size(), 0) < 0 ||
            ::recv(link, bytes, sizeof bytes, 0) <= 0) {
            std::cerr << "connection " << i << " failed\n";
            return 1;
        }
        links.push_back(link);
    }
    std::cout << "held" << std::endl;
    std::cin.get();
    for (const int link : links) ::close(link);
    return 0;
}
