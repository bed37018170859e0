import { colleges, dormitories } from './catalogue.mjs';
import { demoAccounts } from './demo.mjs';
import { areas, idNumber } from './id-number.mjs';
import { inventName } from './names.mjs';

const classSize = 38;
const gradesInSchool = 3;

export function makeStudents(random, { count, year, newShare }) {
    const students = demoAccounts(year).map(({ student }) => student);
    const takenIds = new Set(students.map((student) => student.idNumber));
    const enrolled = new Map(); // grade + major → how many so far
    const demos = students.length;
    while (students.length < count) {
        students.push(inventStudent(random, { index: students.length - demos, year, newShare, takenIds, enrolled }));
    }
    return students;
}

function inventStudent(random, { index, year, newShare, takenIds, enrolled }) {
    const male = random.percent(58);
    const grade = year - random.below(gradesInSchool);
    const college = random.below(colleges.length);
    const major = random.below(colleges[college].majors.length);
    const seat = enrolled.get(`${grade}/${college}/${major}`) ?? 0;
    enrolled.set(`${grade}/${college}/${major}`, seat + 1);
    const classNumber = Math.floor(seat / classSize) + 1;
    const isNew = grade === year && random.percent(newShare);
    return {
        number: isNew ? '' : studentNumber(grade, college, major, classNumber, (seat % classSize) + 10),
        name: inventName(random, male),
        idNumber: freshId(random, grade, male, takenIds),
        male,
        phone: random.percent(97) ? `1380000${String(index % 10000).padStart(4, '0')}` : '',
        college: colleges[college].name,
        major: colleges[college].majors[major],
        className: `${grade}级${colleges[college].majors[major].name}${classNumber}班`,
        grade,
        kind: isNew ? '新生' : '在校生',
        dormitory: random.percent(92) ? random.pick(dormitories) : 0, // the others live at home
        arrears: random.percent(82) ? (random.percent(14) ? 'all' : 'current') : 'none',
    };
}

/** grade, college, major, class and seat, as numbers at the college are composed */
function studentNumber(grade, college, major, classNumber, seat) {
    const two = (value) => String(value).padStart(2, '0');
    return `${grade}${college + 1}${two(major + 1)}${two(classNumber)}${two(seat)}`;
}

function freshId(random, grade, male, taken) {
    for (;;) {
        const born = new Date(Date.UTC(grade - random.between(18, 20), 8, 1) + random.below(365) * 86400000);
        const id = idNumber({
            area: random.pick(areas),
            birthday: born.toISOString().slice(0, 10).replaceAll('-', ''),
            sequence: random.below(500),
            male,
        });
        if (!taken.has(id)) {
            taken.add(id);
            return id;
        }
    }
}

export function studentsTable(students) {
    return [
        ['学号', '姓名', '证件号码', '性别', '手机号', '学院', '专业', '班级', '年级', '学生类别'],
        ...students.map((one) => [
            one.number,
            one.name,
            one.idNumber,
            one.male ? '男' : '女',
            one.phone,
            one.college,
            one.major.name,
            one.className,
            String(one.grade),
            one.kind,
        ]),
    ];
}
