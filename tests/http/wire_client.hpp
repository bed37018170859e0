#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/base/clock.hpp"

// A client that knows nothing of HTTP but bytes, so that it can say everything wrong.
namespace tests {

class wire_client {
public:
    explicit wire_client(std::uint16_t port) : link_{::socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(link_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    ~wire_client() {
        if (link_ >= 0) ::close(link_);
    }
    wire_client(wire_client&& other) noexcept
        : link_{std::exchange(other.link_, -1)}, connected_{other.connected_} {}
    wire_client(const wire_client&) = delete;
    wire_client& operator=(const wire_client&) = delete;
    wire_client& operator=(wire_client&&) = delete;

    bool connected() const { return connected_; }
    int descriptor() const { return link_; }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(link_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void end_sending() { ::shutdown(link_, SHUT_WR); }

    // All that comes until the server closes, or nothing came for `patience_ms`.
    std::string read_all(int patience_ms = 20'000) {
        closed_ = false;
        while (read_some(patience_ms)) {
        }
        return std::exchange(held_, {});
    }

    // One answer: head, and as much body as Content-Length says (none after HEAD).
    std::string read_answer(bool with_body = true, int patience_ms = 20'000) {
        while (held_.find("\r\n\r\n") == std::string::npos) {
            if (!read_some(patience_ms)) return std::exchange(held_, {});
        }
        std::size_t whole = held_.find("\r\n\r\n") + 4;
        const auto length = held_.find("Content-Length: ");
        if (with_body && length < whole) whole += std::stoul(held_.substr(length + 16));
        while (held_.size() < whole) {
            if (!read_some(patience_ms)) break;
        }
        auto answer = held_.substr(0, whole);
        held_.erase(0, whole);
        return answer;
    }

    // Whether the server has closed its side.
    bool closed_within(int patience_ms) {
        const auto end = base::steady_ms() + patience_ms;
        while (!closed_ && base::steady_ms() < end) read_some(20);
        return closed_;
    }

private:
    bool read_some(int patience_ms) {
        pollfd wait{link_, POLLIN, 0};
        if (::poll(&wait, 1, patience_ms) <= 0) return false;
        char bytes[16384];
        const auto count = ::recv(link_, bytes, sizeof bytes, 0);
        if (count <= 0) {
            closed_ = true;
            return false;
        }
        held_.append(bytes, static_cast<std::size_t>(count));
        return true;
    }

    int link_;
    bool connected_ = false;
    bool closed_ = false;
    std::string held_;
};

inline int status_of(std::string_view answer) {
    if (!answer.starts_with("HTTP/1.1 ") || answer.size() < 12) return 0;
    return std::stoi(std::string{answer.substr(9, 3)});
}

inline std::string body_of(const std::string& answer) {
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string{} : answer.substr(end + 4);
}

// The value of a header in an answer; "" when absent.
inline std::string header_of(const std::string& answer, const std::string& name) {
    const auto head = answer.substr(0, answer.find("\r\n\r\n") + 2);
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
}

inline int count_of(std::string_view text, std::string_view part) {
    int count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace tests
