"""Files in the dialects of the wild, made up: one for each, and one for each trap seen on real files."""

# By letter: the dialect, a file, and (prompt, start of the answer) of its questions with an answer.
ROWS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "B": (
        "question-number",
        """\
# Interview

## Table of Contents
1. [Question 1](#q1)

### Question 1: How does a cache help?

**Difficulty**: Medium
**Category**: Systems

**Answer:** A cache keeps results close to the reader.

It saves repeated work.

**Follow-up questions:**
- When is it stale?
- Who evicts?

---

### Question 2: What is eviction?

**Difficulty**: Hard

**Answer:**

Eviction removes entries when the cache is full.

#### Why?

Because memory is finite.
""",
        [
            ("How does a cache help?", "A cache keeps results close to the reade"),
            ("What is eviction?", "Eviction removes entries when the cache "),
        ],
    ),
    "C": (
        "two-depths",
        """\
# Node

### Q1: What is the event loop?
**Difficulty:** Senior | **Companies:** A, B | **Frequency:** Common

#### Quick Answer (30 seconds)
The event loop runs callbacks when the stack is empty.

#### Detailed Answer (3-5 minutes)
**Phases:**
- Timers run first
- Poll waits for input

#### Code Example
```js
// Prints later
setTimeout(f, 0)
```

#### Follow-up Questions
1. What are microtasks?

#### Related Topics
- libuv

### Q2: What is a stream?
**Difficulty:** Junior | **Companies:** A | **Frequency:** Rare

#### Quick Answer (30 seconds)
A stream hands on data in pieces.

#### Detailed Answer (3-5 minutes)
Backpressure slows the writer when the reader lags.
""",
        [
            ("What is the event loop?", "The event loop runs callbacks when the s"),
            ("What is a stream?", "A stream hands on data in pieces."),
        ],
    ),
    "D": (
        "numbered-answer",
        """\
# Backend interview

## Round 1

### 1. What is an index?

**Expected Answer**:
- An index speeds up reads
- It slows down writes

### 2. How do transactions help?

* **Expected Answer**: They make changes all or nothing.
* **Follow-up**: What is isolation?

### 12) What is a view

**Expected Answer**: A view is a stored query.
""",
        [
            ("What is an index?", "- An index speeds up reads"),
            ("How do transactions help?", "They make changes all or nothing."),
            ("What is a view", "A view is a stored query."),
        ],
    ),
    "E": (
        "topic-question",
        """\
# Prep

### 1. Caching

**Question:** Why would you cache a page?

**Answer:** Because building it is slow.

### 2. Queues

**Q: When is a queue better than a call?**

**A:** When the work may wait.

### 3. Scaling
**Question**: "If 200 drivers connect, how do you scale?"

**Expected Answer**:
- Use several instances behind a balancer
- Share state through a broker
""",
        [
            ("Why would you cache a page?", "Because building it is slow."),
            ("When is a queue better than a call?", "When the work may wait."),
            ("If 200 drivers connect, how do you scale?", "- Use several instances behind a balance"),
        ],
    ),
    "F": (
        "bold-question",
        """\
# Bank

**Question 5: What is a mutex?**

**Answer:** A mutex lets one thread in at a time.

**Question 6: What is a semaphore?**
**Answer:** A semaphore counts permits.

**Q7. "Walk me through a deadlock."**

**Sample answer structure:** Two threads wait for each other.

**Say it like this:** "Both hold what the other needs."
""",
        [
            ("What is a mutex?", "A mutex lets one thread in at a time."),
            ("What is a semaphore?", "A semaphore counts permits."),
            ("Walk me through a deadlock.", "Two threads wait for each other."),
        ],
    ),
    "G": (
        "details",
        """\
## DNS

<details>
<summary>What is DNS? What is it used for?</summary><br><b>

DNS turns names into addresses.<br>
It is like a phone book.
</b></details>

<details>
<summary>How does it work?</summary><br><b>

  * The user types an address
  * The resolver asks a root server
  * The user is happy :D
</b></details>

<details>
<summary>What is a MX record?</summary><br><b>
MX (Mail Exchange) names a mail server for the domain.
</b></details>

<details>
<summary>True or False? DNS can balance load</summary><br><b>

True.
</b></details>

<details>
<summary>Explain zones</summary><br><b>
</b></details>

<details><summary><b>What is a TTL?</b></summary>A TTL is a lifetime in seconds.</details>

<details>
<summary>Show a query</summary><br><b>

```
# What is this?
dig example.com
```
</b></details>
""",
        [
            ("What is DNS? What is it used for?", "DNS turns names into addresses."),
            ("How does it work?", "* The user types an address"),
            ("What is a MX record?", "MX (Mail Exchange) names a mail server f"),
            ("True or False? DNS can balance load", "True."),
            ("What is a TTL?", "A TTL is a lifetime in seconds."),
            ("Show a query", "```"),
        ],
    ),
    "H": (
        "listed-headings",
        """\
# React Questions

### Table of Contents

| No. | Questions |
| --- | --------- |
| 1   | [What is JSX?](#what-is-jsx) |

## Core

1. ### What is JSX?

    JSX is a syntax extension.

    ```jsx
    # not a heading
    <b>hi</b>
    ```

    #### How is it compiled?

    By a compiler.

   **[⬆ Back to Top](#table-of-contents)**

2. ### What is state?

    State is data that changes.
    1. It is local
    2. It is mutable

       ```js
       let a
   ```

   **[⬆ Back to Top](#table-of-contents)**

100. ### What are props?

    Props are inputs of a component.

    They are read-only.

   **[⬆ Back to Top](#table-of-contents)**

## Router

101. ### What is a route?
     A route maps a path to a view.
""",
        [
            ("What is JSX?", "JSX is a syntax extension."),
            ("What is state?", "State is data that changes."),
            ("What are props?", "Props are inputs of a component."),
            ("What is a route?", "A route maps a path to a view."),
        ],
    ),
    "I": (
        "q-headings",
        """\
# SQL Basics

## Table of Contents

* [Introduction](#-1-introduction)

## # 1. Introduction

## Q. What is a database?

A database stores data.

**Types:**

* Relational
* Document

<div align="right">
    <b><a href="#">↥ back to top</a></b>
</div>

## Q. ***What is a table***
A table holds rows of one kind.

#### Q. Explain views
#### Q. How do you find the third highest salary?
```
select * from employees order by salary limit 2,1;
```
""",
        [
            ("What is a database?", "A database stores data."),
            ("What is a table", "A table holds rows of one kind."),
            ("How do you find the third highest salary?", "```"),
        ],
    ),
    "J": (
        "numbered-headings",
        """\
# Top 50 Docker Interview Questions

## 1. What is _Docker_?

**Docker** packages software.

### Key features

- **Images**: they are layered
- **Containers**: they are running images

### Why use it?

It is portable.

## 2. Explain the difference between an image and a container.

An image is a template, a container runs.

<br>

## 3. Docker networking

Bridge is the default network.
""",
        [
            ("What is Docker?", "**Docker** packages software."),
            (
                "Explain the difference between an image and a container.",
                "An image is a template, a container runs",
            ),
            ("Docker networking", "Bridge is the default network."),
        ],
    ),
    "K": (
        "bold-paragraphs",
        """\
# Theory

* Legend: 👶 easy ⭐️ medium 🚀 expert

## Linear

**What is regression? Which models do you know? 👶**

Regression finds a relation between variables.

- *Linear* fits a line

<br/>

**What are its assumptions? ⭐**

1. **Linear relationship** between features and target.
2. **Additivity** of effects.

<br/>

**Explain ridge 🚀**

It adds a penalty.

<br/>

## Other

**How do we choose K? ⭐️**

Answer here

<br/>
""",
        [
            ("What is regression? Which models do you know?", "Regression finds a relation between vari"),
            ("What are its assumptions?", "1. **Linear relationship** between featu"),
            ("Explain ridge", "It adds a penalty."),
        ],
    ),
    "L": (
        "good-to-hear",
        """\
### What is ARIA and when should you use it?

#### Answer

ARIA adds attributes to HTML for assistive tools.

#### Good to hear

* Benefits screen reader users
* Provides role, name and state

##### Additional links

* [Spec](https://a.example)

<!-- tags: (html,accessibility) -->

<!-- expertise: (1) -->
""",
        [
            ("What is ARIA and when should you use it?", "ARIA adds attributes to HTML for assisti"),
        ],
    ),
    "M": (
        "bilingual",
        """\
---
topic: kotlin
difficulty: easy
tags: [kotlin, easy]
---

# Вопрос (RU)
> Чем отличается val от var?

# Question (EN)
> What is the difference between val and var?

---

## Ответ (RU)

val нельзя переназначить, var можно.

## Answer (EN)

A val can't be assigned again, a var can.

### Example

```kotlin
val a = 1 // fixed
```

---

## Follow-ups

- When would you use lateinit?
""",
        [
            ("What is the difference between val and var?", "A val can't be assigned again, a var can"),
        ],
    ),
    "N": (
        "q-ans",
        """\
# Java

Q: What is the JVM?

```
Ans: The JVM runs bytecode.
     It also collects garbage.
```

Q2: What is bytecode?
```
Ans: Bytecode is the compiled form of a class.
```

Q. What is a class loader?

    Ans: It loads classes when they are first used.
""",
        [
            ("What is the JVM?", "The JVM runs bytecode."),
            ("What is bytecode?", "Bytecode is the compiled form of a class"),
            ("What is a class loader?", "It loads classes when they are first use"),
        ],
    ),
    "O": (
        "starred",
        """\
## [[⬆]](#toc) <a name=AWS>AWS</a> Interview Questions
#### Q1: What is AWS? ⭐
**Answer:**
**AWS** is a platform of cloud services.

**Source:** _a.example_

#### Q2: What will this print ⭐⭐
**Answer:**
**Consider:**
```js
print(1)
```
What will be printed?

**Answer:**

It prints the number one.

**Source:** _a.example_

#### Q3: What is S3? ⭐⭐⭐
Read answer on 👉 <a href='https://www.a.example'>A.Example</a>
""",
        [
            ("What is AWS?", "**AWS** is a platform of cloud services."),
            ("What will this print", "It prints the number one."),
        ],
    ),
    "P": (
        "flashcards",
        """\
# Flashcards

### Card 1

**Question**: What is a pod?

**Answer**: A pod groups containers that share an address.

**Key Point**: A pod is the smallest unit of scheduling.

---

### Card 2

**Question**: What is a node?

**Answer**: A node is a machine that runs pods.

**Key Point**: Kubelet runs on each node.
""",
        [
            ("What is a pod?", "A pod groups containers that share an ad"),
            ("What is a node?", "A node is a machine that runs pods."),
        ],
    ),
    "Q": (
        "multiple-choice",
        """\
# Questions

* [Deutsch](./de.md)

---

###### 1. What's the output?

```javascript
console.log(name);
```

- A: `Lydia` and `undefined`
- B: `undefined`
- C: `ReferenceError`

<details><summary><b>Answer</b></summary>
<p>

#### Answer: B

The variable is hoisted, so it holds `undefined`.

<img src="x.png" width="200">

</p>
</details>

---

###### 2. All objects have prototypes.

- A: true
- B: false

<details><summary><b>Answer</b></summary>
<p>

#### Answer: B

The base object has no prototype.

</p>
</details>
""",
        [
            ("What's the output?", "Answer B: `undefined`"),
            ("All objects have prototypes.", "Answer B: false"),
        ],
    ),
}

# Each file by what is special about it, with the number of its questions that have an answer.
TRAPS: dict[str, tuple[str, int]] = {
    "topic-with-q-number": (
        """\
# Focus

### Q1: Financial correctness
**Question:** How do you keep sums exact?

**Expected Answer:**
Store integers of the smallest unit.

To go on, use decimals.
""",
        1,
    ),
    "dash-number": (
        """\
## Interview Questions

### Question 1 — Why not return the entity?

**Expected answer:** at least one mechanism: lazy loading can fail.

**Common mistakes:** saying only "best practice".

**Follow-up questions:** "What is it?" · "How?"

### Question 2 — How?

**Expected answer:** by a mapper that is generated.
""",
        2,
    ),
    "bold-q-list-answer": (
        """\
## 8. Interview Preparation

**Q1: Why do visual tests fail in CI?**
* **Expected Answer:** Systems draw fonts in different ways.

---

## 9. Cheat sheet
```
docker run x
```
""",
        1,
    ),
    "quote-question": (
        """\
## Challenging Questions

### 1. Risk
> "What were the concerns?"

*   **Why it's hard:** It needs links.
*   **Expected Answer:** The definition was too broad.

### 2. Terms
> "What is the duration?"

*   **Expected Answer:** The term is three years.
""",
        2,
    ),
    "question-answer-n": (
        """\
**Question 4:**

Explain the inverse effect.

**Answer 4:**

A field bends the crystal.

**Question 5:**

Mention one use.

**Answer 5:**

It helps bones to heal.
""",
        2,
    ),
    "nested-list": (
        """\
* **Question 4:** When is `b` not evaluated?
  * **Answer:** When `a` is true already.
* **Question 5:** When is `c` not evaluated?
  * **Answer:** When the first part is false.

---

### 2.3 Experiment

text
""",
        2,
    ),
    "mcq-list": (
        """\
**Question 4:** How is a cycle detected?
- A) If one is infinite
- B) If the diagonal is negative
- **Correct Answer:** B
- **Explanation:** A negative diagonal shows a negative path.

**Question 5:** What is it used for?
- A) Trees
- B) Closure
- **Correct Answer:** B
- **Explanation:** It computes reachability.
""",
        2,
    ),
    "mcq-lines": (
        """\
**Question 5: What is the advantage of linters?**

A) They find bugs without running
B) They are exact

**Answer: A**

**Explanation**: They read code without executing it.
""",
        1,
    ),
    "plain-lines": (
        """\
Q22. Identify two methods for actions at the end.
Ans:
1. The finally block
2. The atexit module

Q23. What is the purpose of try?
Ans: It is used to check for errors

Q24. What are the variations?
Ans:
1. try-except
2. try-finally

Q25. What does raise do?
Ans: to raise an error
""",
        4,
    ),
    "numbered-ans": (
        """\
117. NAME SOME BUILT-IN EXCEPTIONS.
Ans: Too_Many_Rows, No_Data_Found

118. HOW TO CREATE AN EXCEPTION?
Ans: It is declared and raised.
""",
        2,
    ),
    "explicit-code-explanation": (
        """\
### Question 4: Maximum score per course
*Scenario:* Write a query for the maximum.

```sql
SELECT max(score) FROM marks GROUP BY course;
```

*Explanation:* Groups the marks by course.
""",
        1,
    ),
    "toc-and-headings": (
        """\
# Interview Questions

## Table of Contents

1. [What is a heap?](#what-is-a-heap)
2. [What is a tree?](#what-is-a-tree)

- **[What is a heap?](#a)**
- **[What is a tree?](#b)**

### What is a heap?

A heap is a tree with order.

**[⬆ back to top](#table-of-contents)**

### What is a tree?

A tree is a graph without cycles.

#### Why is it useful?

It is quick to search.

**[⬆ back to top](#table-of-contents)**

## Contributing

Send a change.

## License

MIT
""",
        2,
    ),
    "guide": (
        """\
# My project

## What is this?

A project.

## Installation

Run it.

## How to contribute?

Send patches.
""",
        0,
    ),
    "links": (
        """\
# Links

- [What is a heap?](https://a.example)
- [What is a tree?](https://b.example)
""",
        0,
    ),
    "mixed-levels": (
        """\
# Java Questions

## 1. What is the JVM?
It runs bytecode.

### 2. What is the JRE?
It holds the JVM and libraries.

#### 3. What is the JDK?
It adds the compiler.

1.  ### What is a class?

    A class is a template of objects.

2.  ### What is an object?

    An object is an instance.
""",
        5,
    ),
    "headings-in-answer": (
        """\
# Top Interview Questions

## 1. How does it work?

First it starts.

### 1. Start

It starts.

### 2. Why does it stop?

It stops at the end.

```bash
# 3. What is this?
## Is this a heading?
```

## 2. What is next?

Nothing more.
""",
        2,
    ),
    "numbered-bold": (
        """\
# Questions

**1. What is a pod?**

A pod groups containers.

**2. What is a node?** A node is a machine.

**3) Explain services**

A service gives an address.
""",
        3,
    ),
    "bold-in-list": (
        """\
# Kubernetes interview

1. **What is a pod?**

   A pod groups containers.

2. **What is a node?**
   A node is a machine.

3. **What is a service?** A service gives an address.
""",
        3,
    ),
    "details-in-list": (
        """\
# Quiz

- <details>
  <summary>What is a pod?</summary>

  A pod groups containers.
  </details>

- <details>
  <summary>What is a node?</summary>

  A node is a machine.
  </details>
""",
        2,
    ),
    "heading-details": (
        """\
# Quiz

### 1. What is a pod?

<details>
<summary>Show answer</summary>

A pod groups containers.

</details>

### 2. What is a node?

<details>
<summary>Click to see the answer</summary>

A node is a machine.

</details>
""",
        2,
    ),
    "details-section": (
        """\
# Interview

<details>
<summary>Table of Contents</summary>

- [What is a pod?](#a)

</details>

<details>
<summary><h2>Networking</h2></summary>

### Q1. What is a pod?

A pod groups containers.

### Q2. What is a node?

A node is a machine.

</details>
""",
        2,
    ),
    "emoji-headings": (
        """\
# 🚀 Interview Prep

## ❓ 1️⃣ What is a pod?

A pod groups containers.

## ❓ 2️⃣ What is a node?

A node is a machine.
""",
        2,
    ),
    "q-dot-number": (
        """\
# SQL

**Q1.** What is a table?

**A1.** A table holds rows.

**Q2.** What is a view?

**A2.** A view is a stored query.
""",
        2,
    ),
    "ansi": (
        """\
### Q: What is a table?
A: A table holds rows.

### Q: What is a view?
A: A view is a stored query.
""",
        2,
    ),
    "blockquote": (
        """\
## Questions

> **Q: What is a table?**
>
> **A:** A table holds rows.

> **Q: What is a view?**
>
> **A:** A view is a stored query.
""",
        2,
    ),
    "follow-up-answer": (
        """\
### Q1: What is a lock?

**Answer:** A lock keeps others out.

**Follow-up:** What is a read lock?

**Answer:** Many readers may hold it.
""",
        1,
    ),
    "unclosed": (
        """\
### Q1. What is a lock?

A lock keeps others out.

```js
let a

### Q2. What is a mutex?

A mutex is a lock.
""",
        1,
    ),
    "numbered-topics-interview": (
        """\
# 30 Spring Interview Questions

### 1. Dependency injection

It hands parts in.

### 2. What is a bean?

A bean is an object of the container.

### 3. Explain scopes

A scope says how long a bean lives.
""",
        3,
    ),
    "linkedin": (
        """\
## Git Quiz

#### Q1. How do you save work?

- [ ] git push
- [x] git stash
- [ ] git save

#### Q2. Which shows the log?

- [x] git log
- [ ] git show

[Reference](https://a.example)
""",
        2,
    ),
    "sub-bullets-q": (
        """\
#### Core (20 min)
1. **Closures**
   - Q: Explain the output of this code:
     ```javascript
     f()
     ```
   - Expected: Hoisting and closures

2. **Async**
   - Q: What is the difference between all and race?
   - Expected: Error handling differs
""",
        2,
    ),
    "setext": (
        """\
What is a pod?
--------------

A pod groups containers.

What is a node?
---------------

A node is a machine.

How do they relate?
-------------------
""",
        2,
    ),
    "swallowed-fence": (
        """\
## Git

<details>
<summary>How do you list branches?</summary><br><b>
```
git branch

git branch -a
```
</b></details>

<details>
<summary>What is <code>git stash</code>?</summary><br><b>

It puts changes aside.
</b></details>

<details>
<summary>How do you see a diff?</summary><br><b>

```
git diff
```
</b></details>
""",
        3,
    ),
    "solution-heading": (
        """\
# Interview Questions

## 1. What is a deadlock?

Two threads wait for each other.

### Solution

Lock in one order.

**Tip:** draw it.

More about it.

## 2. What is a livelock?

Threads move and get nowhere.

#### Explore all 55 answers here 👉 [A](https://a.example)

<br>

<a href="https://a.example"><img src="a.png"></a>
""",
        2,
    ),
    "html-doc": (
        """\
# HTML Interview Questions

## 1. What is the details element?

It hides text until a click.

```html
<details>
<summary>What is this?</summary>
Hidden
</details>
```
""",
        1,
    ),
    "view-answer": (
        """\
### What is ARIA?

<details>
<summary>View answer</summary>

* ARIA adds attributes.

#### Good to hear

* Helps screen readers
* Adds no behaviour

##### Additional links

* [MDN](https://a.example)

</details>

<br>[⬆ Back to top](#contents)

### What is BEM?

<details>
<summary>View answer</summary>

BEM is a naming scheme.

</details>
""",
        2,
    ),
    "tasks": (
        """\
# Technical interview questions

## SQL

Write queries.

**1)** The number of active ads.

```sql
SELECT count(*) FROM ads WHERE status = 'active';
```

<br/>

**2)** All active campaigns.

```sql
SELECT DISTINCT campaign FROM ads;
```

## Coding

**1) FizzBuzz.** Print numbers from 1 to 100

* Multiples of three are "Fizz"

```python
for i in range(1, 101): print(i)
```

**2) Factorial**. Calculate a factorial of a number

```python
def factorial(n):
    return 1 if n == 0 else n * factorial(n - 1)
```

**3) PMI**. Given texts, find the PMI.

Answer here

**4) Mean**. Compute the mean of a list

Divide the sum by the number.
""",
        5,
    ),
    "steps": (
        """\
# Git questions

## What is a rebase?

A rebase moves commits.

**1. Fetch**

Get the newest.

**2. Rebase**

Move your commits.

**3. Push**

Send them with force.

**4. Tell**

Say so.
""",
        1,
    ),
    "doubts": (
        """\
# 123 JavaScript Interview Questions

## Have question for me ?

## 1. Difference between undefined and not defined
> A variable that does not exist throws an error.

### Ref Link:
[http://a.example](http://a.example)

## Have doubt in this question ??

### 2. How to empty an array?
For instance:

```js
var list = [1]
```

> There are several ways.

### Method 1

```js
list = []
```

The variable gets a new array.

### Method 2

Set its length to zero.

## Have doubt in this question ??

#### 3. What will be printed?

> It prints `1`.

## Have doubt in this question ??

#### 4. Why?

Because it is so.

## License

MIT
""",
        4,
    ),
    "good-to-hear-hidden": (
        """\
# Questions

### Does it pass by value?

#### Answer

<details>
<summary>View answer</summary>

It always passes by value.

#### Good to hear

* Difference between the two

##### Additional links

* [Value](https://a.example)

<!-- tags: (javascript) -->

<!-- expertise: (2) -->
</details>

<br>[⬆ Back to top](#table-of-contents)

### Use flexbox to make three columns. Use this as a guide.

```html
<div class="a"></div>
```

#### Answer

<details>
<summary>View answer</summary>

Set `display` to `flex` and the factors of the columns:

```css
.a { display: flex; }
```

#### Good to hear

##### Additional links

* [Flex](https://a.example)

<!-- tags: (css) -->

<!-- expertise: (0) -->
</details>

<br>[⬆ Back to top](#table-of-contents)
""",
        2,
    ),
    "only-questions": (
        """\
# Questions

* What is a heap?
* What is a tree?
* How do they differ?
* Why use one?
""",
        0,
    ),
    "numbered-options": (
        """\
# JavaScript Interview Questions

1. ### What is a closure

    A closure keeps its scope.

   **[⬆ Back to Top](#table-of-contents)**

2. ### What is hoisting

    Declarations move up.

   **[⬆ Back to Top](#table-of-contents)**

### Coding Exercise

#### 1. What is the output of below code

```javascript
var car = new Vehicle();
```

- 1: Undefined
- 2: ReferenceError

<details><summary><b>Answer</b></summary>
<p>

##### Answer: 1

The function is hoisted.

</p>

</details>

---

**[⬆ Back to Top](#table-of-contents)**
""",
        3,
    ),
    "number-and-question": (
        """\
# Go Interview Questions

### 1. **Question**: Explain the difference between slices and arrays.

**Difficulty**: Easy
**Category**: Data
**Key Concepts**: Arrays, slices
**Sample Answer**:

-   **Arrays** have a fixed size.
-   **Slices** can grow.

**Connected Questions**: [#10](#10)

**Further Reading**:

-   [Blog](https://a.example)

---

### 2. **Question**: What are goroutines?

**Difficulty**: Medium
**Sample Answer**:
**Goroutines** are light threads.

**Differences:**

-   They are cheaper.
""",
        2,
    ),
    "bold-item-answer-items": (
        """\
### Basic Questions

1.  **Which language is Go similar to?**
    *   Answer: Its syntax follows **C**.
    *   Explanation: It uses braces.

2.  **Which keywords declare variables?**
    *   Answer: The keyword var and the short form.
""",
        2,
    ),
    "quoted-answers": (
        """\
## General

#### 1. What is Go?

> **Answer:**
> Go is a compiled language.

#### 2. How do you declare a variable?

> **Answer:**
> With var or the short form. For example:

```
var x int
```
""",
        2,
    ),
    "plain-list": (
        """\
**Here are 50 Kubernetes Interview Questions**

1. What is Kubernetes?

   Kubernetes orchestrates containers.

2. What are its components?

   Master components: API server, etcd.
   Node components: kubelet.

3. What is a Pod?

   A Pod groups containers.
""",
        3,
    ),
    "plain-list-outside": (
        """\
# Interview

1. What is Kubernetes?

Kubernetes orchestrates containers.

2. What are its components?

- API server
- Kubelet runs on nodes

3. What is a Pod?

A Pod groups containers.
""",
        3,
    ),
    "checklist": (
        """\
# Planning

Ask yourself:

1. What is the goal?
2. Who is the user?
3. When is it done?

Then write it down.
""",
        0,
    ),
    "setext-bilingual": (
        """\
---
🟢 Beginner Level
---
What is Kubernetes?
---

✅ Answer (English):
Kubernetes is a platform that deploys and scales containers.

It restarts failed containers.

🇮🇳 उत्तर (Hindi):
यह कंटेनरों को चलाता और बढ़ाता है।

विफल कंटेनरों को फिर से शुरू करता है।

---
What is a Pod?
---

A Pod is the smallest unit of Kubernetes.

---
What is a Deployment?
---
""",
        2,
    ),
    "bold-part-of-question": (
        """\
### Q5: The server is down

**What do you do first?**

**Answer:** Look at what changed.

### Notes

- text
""",
        1,
    ),
    "one-a-file-two-depths": (
        """\
---
type: "question"
status: draft
tags: [question, csharp, gc]
---

# 🎯 Garbage Collection in .NET - Q2

## Question

> **Core Question:** How does garbage collection work?
> **Follow-up:** What are generations?

## 💡 Quick Answer (30 seconds)

- The collector tracks references and frees what is unreachable.
- It uses generations and compaction.

## 📖 Detailed Explanation

### Core parts

- **Young objects** die soon.

## 🧪 Practice Exercise

- Allocate many objects.

## 📊 Confidence Level

- [ ] 🔴 Need to study (0-3)
- [ ] 🟢 Very confident (7-10)
""",
        1,
    ),
    "interview-question-label": (
        """\
# Rate Limiting - Strategies

**Interview Question**: *"How will you implement rate limiting?"*

**Difficulty**: 🟡 Intermediate
**Asked by**: Most companies

---

## 🎯 Quick Answer (30 seconds)

**Rate limiting** controls the number of requests in a window.

## 📚 Detailed Explanation

### Why rate limiting?

It protects from abuse.

### How does the token bucket work?

Tokens are added at a fixed rate.

### What is a leaky bucket?

It smooths bursts.
""",
        1,
    ),
    "question-heading-body": (
        """\
# 🎯 Heaps - Q1

## Question

How does a heap keep its order?

## Answer

It sifts an element up or down.
""",
        1,
    ),
    "toc-of-questions": (
        """\
# SQL Interview Questions

## Contents

- Q1: What is a table?
- Q2: What is a view?

## Answers

### Q1: What is a table?

A table holds rows.

### Q2: What is a view?

A view is a stored query.
""",
        2,
    ),
    "toc-of-headings": (
        """\
# SQL Interview Questions

### [1. What is a table?](#1-what-is-a-table)
### [2. What is a view?](#2-what-is-a-view)

---

### 1. What is a table?

A table holds rows.

### 2. What is a view?

A view is a stored query.
""",
        2,
    ),
    "que-and-dashes": (
        """\
## Spring Interview Questions

**Que 1. What is Spring?**
Ans. Spring is a framework for applications.

**Que 2. What is a bean?**
Ans. A bean is managed by the container.

Q3 - What is a heap?
A3 - A heap is a tree.

Q4 - What is a trie?
A4 - A trie stores prefixes.
""",
        4,
    ),
    "unseen-question": (
        """\
### 1. What is a lock?

**Answer:** A lock keeps others out.

What is a read lock

**Answer:** Many readers may hold it.

### 2. What is a mutex?

**Answer:** A mutex is a lock of one holder.
""",
        2,
    ),
}
