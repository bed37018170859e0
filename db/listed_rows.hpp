#pragma once

#include "db/order_search.hpp"

// A student beside something of his; for db/*_search.cpp and their like.
namespace db {

#define CAMPUS_LISTED_STUDENT                                                                     \
    "p.id AS person_id, p.student_no, p.name AS student_name, p.college, p.major, p.class_name, " \
    "p.grade"

inline listed_student listed_student_of(const rows& row) {
    listed_student out;
    out.person_id = row.maybe_i64("person_id").value_or(0);
    out.student_no = row.maybe_text("student_no").value_or("");
    out.name = row.maybe_text("student_name").value_or("");
    out.college = row.maybe_text("college").value_or("");
    out.major = row.maybe_text("major").value_or("");
    out.class_name = row.maybe_text("class_name").value_or("");
    out.grade = row.maybe_text("grade").value_or("");
    return out;
}

}  // namespace db
